/// Certificates and keys made for these tests alone, good from 2020 to 2120 (openssl, P-256).
enum TestCertificates {
    /// Signed the server's and the client's certificate.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASOgAwIBAgIBATAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpUaWRlbWFy
        ayB0ZXN0IGF1dGhvcml0eSBjYTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
        MDAwMFowJTEjMCEGA1UEAwwaVGlkZW1hcmsgdGVzdCBhdXRob3JpdHkgY2EwWTAT
        BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ9ZJ7ncVHfq7z5I30dWmkTwcJ8xY+Rme9x
        n3MMFSzRYRyJUDatscNTF85AE09I6NUiccxmLBzIgZ6BgnysR7dyo0IwQDAPBgNV
        HRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUl2o3o4KISYyz
        DX9rQlHESYnuh0QwCgYIKoZIzj0EAwIDRwAwRAIgHaIo4J/NcfgqYKPWSI9r62MZ
        WT1JTHgsbn4JN7xbfhcCIEi0ur0T6TYJH02Edk+Gmg2waTNM0nMrSQF5XxmC1x6u
        -----END CERTIFICATE-----
        """

    /// Signed neither.
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASmgAwIBAgIBAjAKBggqhkjOPQQDAjAoMSYwJAYDVQQDDB1UaWRlbWFy
        ayB0ZXN0IGF1dGhvcml0eSBvdGhlcjAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEw
        MTAwMDAwMFowKDEmMCQGA1UEAwwdVGlkZW1hcmsgdGVzdCBhdXRob3JpdHkgb3Ro
        ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARGKPbf1L4XH6yZ3gYYzzyeZn+O
        7sfPWyA0/CjqbGXzwwbo3JdH+vXNhZ2Mp4OKjqZrO6oO1mZ8KhMweln7MPDho0Iw
        QDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUhT/j
        uBDv69uKC1mWM/Rd+HxzbjAwCgYIKoZIzj0EAwIDRwAwRAIgBLPJEpKmU14Wzq5W
        9AeAZ+Qf1XAw6gvCRfWd6hflb9YCIEmqxGAQxa9/jJoMmB+1zQnKcoyLXoSdIxsP
        RiQgMBZz
        -----END CERTIFICATE-----
        """

    /// For localhost and 127.0.0.1.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUOgAwIBAgIBAzAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpUaWRlbWFy
        ayB0ZXN0IGF1dGhvcml0eSBjYTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
        MDAwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEGgT/U541pezdqXyWmuck7E/V0fH2wNvmLuPeiv7m2GvuVFde3f8HYJbK
        0TNbk8hbGgaUkl+W5Uoll9/hDujwkKNzMHEwGgYDVR0RBBMwEYIJbG9jYWxob3N0
        hwR/AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBRnVIs3WiXZOgIX
        9s+7uVx8MDXvGzAfBgNVHSMEGDAWgBSXajejgohJjLMNf2tCUcRJie6HRDAKBggq
        hkjOPQQDAgNGADBDAiA7uXvy1rNor/kzBXMSRwd/dDYHKRZoVZXWZSN0ZR/OCAIf
        Y4BVZILRYAUMzAmy+0tAdxGlJISP9ryvUQ6i01n0zg==
        -----END CERTIFICATE-----
        """

    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEXrFzB1001h36u8I
        FpJJgR7D2sJiSZsG3JrP70QIdXShRANCAAQaBP9TnjWl7N2pfJaa5yTsT9XR8fbA
        2+Yu496K/ubYa+5UV17d/wdglsrRM1uTyFsaBpSSX5blSiWX3+EO6PCQ
        -----END PRIVATE KEY-----
        """

    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBgDCCASagAwIBAgIBBDAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpUaWRlbWFy
        ayB0ZXN0IGF1dGhvcml0eSBjYTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
        MDAwMFowEzERMA8GA1UEAwwIdGlkZW1hcmswWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAARNmJwoQi+X2cA7fSQibLlmm1Q5Dp960OItsaJg1TelosrRtEW3PIcCTkoI
        3BSmUWsDoDGb4LoUVCJoxw5kF8oao1cwVTATBgNVHSUEDDAKBggrBgEFBQcDAjAd
        BgNVHQ4EFgQUpYXjhN3Zuev4HSEZEVueAGdnsS8wHwYDVR0jBBgwFoAUl2o3o4KI
        SYyzDX9rQlHESYnuh0QwCgYIKoZIzj0EAwIDSAAwRQIhAOVKnmtYnI6fRowVIr+E
        bVje6a2bjw9Oib1br1SNT+ESAiA9sRhgr3qJKi+mTwGt6yYm9sBJvo5X+C1n0xPk
        bhJquQ==
        -----END CERTIFICATE-----
        """

    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgB/kKF00s5uFWf4Lt
        rPHlQUEgcQuIugKS66K1tUIidg6hRANCAARNmJwoQi+X2cA7fSQibLlmm1Q5Dp96
        0OItsaJg1TelosrRtEW3PIcCTkoI3BSmUWsDoDGb4LoUVCJoxw5kF8oa
        -----END PRIVATE KEY-----
        """
}
