/// Keys that protect nothing: made for these tests, valid for a hundred years, for `localhost` and 127.0.0.1.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBnzCCAUWgAwIBAgIUDAnR5ulNFmGFSEcuyBlIocmL/M0wCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRc2ltdWxhdG9yIHRlc3QgQ0EwIBcNMjYxMTIzMjEyOTI3WhgP
        MjEyNjEwMzAyMTI5MjdaMBwxGjAYBgNVBAMMEXNpbXVsYXRvciB0ZXN0IENBMFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpY5Wth5587WQ9JZGrXIo+wmsaN+liiJ9
        JlNudZzkMLt1j9Jqu+h8zoC2cXNqJLuMMlpA7QwQbFhcbmcMI4/pe6NjMGEwHQYD
        VR0OBBYEFKMA5PvnGiru8FRSmwfppwByPxxAMB8GA1UdIwQYMBaAFKMA5PvnGiru
        8FRSmwfppwByPxxAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoG
        CCqGSM49BAMCA0gAMEUCIQDXR/KkFgNUEcN7t/cUD5QdW1rVZJ8mvhbGLicMHu+y
        WQIgM88IbuHi+iJKtYcOLy0um7YUuto6+HQ9egn2cp1WJ80=
        -----END CERTIFICATE-----
        """

    static let broker = """
        -----BEGIN CERTIFICATE-----
        MIIBwjCCAWegAwIBAgIUY/eO4dWy9QteM6W8EgNzAZrGGKIwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRc2ltdWxhdG9yIHRlc3QgQ0EwIBcNMjYxMTIzMjEyOTI3WhgP
        MjEyNjEwMzAyMTI5MjdaMBExDzANBgNVBAMMBmJyb2tlcjBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABIxu6t4WtKZqcAcpADtX5wOWHcfQSqGZ28EJNxt5kyxZCdZy
        BnrVerVMnzArwgEgbaiFTgAy0yxk6yuhWmHbvW+jgY8wgYwwCQYDVR0TBAIwADAO
        BgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwGgYDVR0RBBMwEYIJ
        bG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBT7ne9O5vq7zjWFntvC3ndxsJELpTAf
        BgNVHSMEGDAWgBSjAOT75xoq7vBUUpsH6acAcj8cQDAKBggqhkjOPQQDAgNJADBG
        AiEAvXHYExt/3TsSAIkzOmWHp1VQuKMqW4h4pLFTtULNyN8CIQD5OeMeSJAUM9FX
        lciel7UcmlLz4C4DNuYxLuY67G9OHA==
        -----END CERTIFICATE-----
        """

    static let brokerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgC4u9uqNanXDjLsCb
        w1ykTpcGxY4cQBYd25HX6nPplaChRANCAASMbureFrSmanAHKQA7V+cDlh3H0Eqh
        mdvBCTcbeZMsWQnWcgZ61Xq1TJ8wK8IBIG2ohU4AMtMsZOsroVph271v
        -----END PRIVATE KEY-----
        """

    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBozCCAUmgAwIBAgIUY/eO4dWy9QteM6W8EgNzAZrGGKMwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRc2ltdWxhdG9yIHRlc3QgQ0EwIBcNMjYxMTIzMjEyOTI3WhgP
        MjEyNjEwMzAyMTI5MjdaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABPF8ohoxxZ8zBfyE+Vwxfa1wLxKHvGrno3O0T/hPMtRNE+ru
        69XIlA7dDrA/61PiPEufbe1PK8/fAjdU1ufHPKKjcjBwMAkGA1UdEwQCMAAwDgYD
        VR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBQ+xxfi
        hxPDtnw1Ac+mfQhm5rMgHjAfBgNVHSMEGDAWgBSjAOT75xoq7vBUUpsH6acAcj8c
        QDAKBggqhkjOPQQDAgNIADBFAiEA+tt0Tbo0MjtwVSNAXRYGdEhcmb/udLFp5FbD
        HT7u57wCIDTDL8flFaRtdFd36PDFQplCSO49PfTHWgPEpF+/q0+t
        -----END CERTIFICATE-----
        """

    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnx56T+HTu+yPkVsH
        U71btwcJBffJM6HJ+X0LjzHA5iKhRANCAATxfKIaMcWfMwX8hPlcMX2tcC8Sh7xq
        56NztE/4TzLUTRPq7uvVyJQO3Q6wP+tT4jxLn23tTyvP3wI3VNbnxzyi
        -----END PRIVATE KEY-----
        """
}
