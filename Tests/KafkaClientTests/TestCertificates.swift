/// Certificates and keys for tests alone, valid for a hundred years; they protect nothing.
enum TestCertificates {
    /// The authority that signed all of them but `stranger`.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBqzCCAVGgAwIBAgIUefjFzq0BzjgOa1WKKpD6MHkrxxkwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXdGlkZW1hcmsgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMjEy
        NjI1WhgPMjEyNjEwMzAyMTI2MjVaMCIxIDAeBgNVBAMMF3RpZGVtYXJrIHRlc3Qg
        YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQF78BQ17gC6fnWYN
        gzylZSC6dgtd9FW8arfOODcvW9N62NfvRlz72UJr2FnYsW5si50Z0jsqw9N06qZ7
        tKLmk6NjMGEwHQYDVR0OBBYEFJSWS8laZrFSBSkZl9g8f5ho0JtsMB8GA1UdIwQY
        MBaAFJSWS8laZrFSBSkZl9g8f5ho0JtsMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0P
        AQH/BAQDAgEGMAoGCCqGSM49BAMCA0gAMEUCIQDk4cjexpKcYl5pAGM9PzY3/4pb
        bXnUoiJwDvpY5pBMNQIgNKymHhFNx+mdMX7x5KmUl1JJZ6f166PaTythoVkRgFI=
        -----END CERTIFICATE-----
        """
    /// An authority that signed nothing.
    static let stranger = """
        -----BEGIN CERTIFICATE-----
        MIIBjjCCATWgAwIBAgIUULWkXuVSCTKJCYTMZqnd/XNPaEYwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTIzMjEyNjI1WhgP
        MjEyNjEwMzAyMTI2MjVaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/VmrILp72MWpwHTq/9zHaHHTR0QJB4Pb
        wEpdWudpvd4mW1I3Cn7Aq17zyPMvgr3IbLa63az1Nx0Uj+60PluIj6NTMFEwHQYD
        VR0OBBYEFG+ni633YKvnT9yKWF9FKTtc/sYlMB8GA1UdIwQYMBaAFG+ni633YKvn
        T9yKWF9FKTtc/sYlMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg
        Mms6pd1iLxYQ924++4aUHJF+86/5hIq7Z2AX4KU7d6ECIHIBARn5d81oaSxINgOK
        /ODI4A0LrPA4R5cuh5JIlQLS
        -----END CERTIFICATE-----
        """
    /// For localhost and 127.0.0.1.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBtjCCAVugAwIBAgIUY/eO4dWy9QteM6W8EgNzAZrGGJ8wCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXdGlkZW1hcmsgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMjEy
        NjI1WhgPMjEyNjEwMzAyMTI2MjVaMBExDzANBgNVBAMMBnNlcnZlcjBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABFnd639jm1Gvdrwa7tnMgUMs0BW/5+UcTLS1A1l6
        SQCmu/nA7/Oa16NOQB1cyC97lx88d8XOtp8mBRDcYXt/kQCjfjB8MAkGA1UdEwQC
        MAAwEwYDVR0lBAwwCgYIKwYBBQUHAwEwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/
        AAABMB0GA1UdDgQWBBRXd80c81z7rfdLdd3k55/XBJih1TAfBgNVHSMEGDAWgBSU
        lkvJWmaxUgUpGZfYPH+YaNCbbDAKBggqhkjOPQQDAgNJADBGAiEAklXJdGo2i4wz
        7mSWaO4tf7ONk2IDlSNCe83/4Bn6CpUCIQCk4+tQLyriKFbhWhKPH3eEFlayO7Tl
        PEisgzRWWJKw/A==
        -----END CERTIFICATE-----
        """
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgf9b8lypco1Dvx71J
        7kPvjw1ppt0O2A5J05ZNEXzBZCChRANCAARZ3et/Y5tRr3a8Gu7ZzIFDLNAVv+fl
        HEy0tQNZekkAprv5wO/zmtejTkAdXMgve5cfPHfFzrafJgUQ3GF7f5EA
        -----END PRIVATE KEY-----
        """
    /// For a host that no test runs on.
    static let elsewhere = """
        -----BEGIN CERTIFICATE-----
        MIIBuzCCAWGgAwIBAgIUY/eO4dWy9QteM6W8EgNzAZrGGKAwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXdGlkZW1hcmsgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMjEy
        NjI1WhgPMjEyNjEwMzAyMTI2MjVaMBQxEjAQBgNVBAMMCWVsc2V3aGVyZTBZMBMG
        ByqGSM49AgEGCCqGSM49AwEHA0IABLcqsIH3CPcxGcRuvYLBEh45YfuHhSNFneTt
        9DwNpLF1qSgwhM3QdY60fdlxACEUso3nOJkTghtljpjB5JMs59SjgYAwfjAJBgNV
        HRMEAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMBwGA1UdEQQVMBOCEWVsc2V3aGVy
        ZS5leGFtcGxlMB0GA1UdDgQWBBSTf9xuy4hliBJRRhe/xJdaZJnZHTAfBgNVHSME
        GDAWgBSUlkvJWmaxUgUpGZfYPH+YaNCbbDAKBggqhkjOPQQDAgNIADBFAiAtNGxb
        sOs8h+xaW7iy/MJCJDozzyVDcipaew4y3I/1uQIhAMEKq2d8ZO5S4x7FRp4YlnGm
        Taa4GwAZighojln33TVj
        -----END CERTIFICATE-----
        """
    static let elsewhereKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3uT4qqtQFshVRocu
        4d4iwjvf/SBUx23L+UsWw9iCJcShRANCAAS3KrCB9wj3MRnEbr2CwRIeOWH7h4Uj
        RZ3k7fQ8DaSxdakoMITN0HWOtH3ZcQAhFLKN5ziZE4IbZY6YweSTLOfU
        -----END PRIVATE KEY-----
        """
    /// For a client.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBmDCCAT+gAwIBAgIUY/eO4dWy9QteM6W8EgNzAZrGGKEwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXdGlkZW1hcmsgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMjEy
        NjI2WhgPMjEyNjEwMzAyMTI2MjZaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABLIgZ2jR267zbg28D8Yej2xigq99KPuTrden3U7z
        Dg+netrCOJC4ewsvU6H1tZW5W/jbfcAqciNsqBQmrzQCqAyjYjBgMAkGA1UdEwQC
        MAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFFuLUn2LYSpoQ+NVZ4fN
        GrPyHxIdMB8GA1UdIwQYMBaAFJSWS8laZrFSBSkZl9g8f5ho0JtsMAoGCCqGSM49
        BAMCA0cAMEQCICzWatNF5d8RukgNod4y75lnh3VoZGa1ebGtjhbNaefmAiBgyKwv
        iw/zrgED9MqvYGnsyhWCW0xnsTEtUDQfTXankA==
        -----END CERTIFICATE-----
        """
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgG6ONnIgk2RMM5d3x
        N4+0fTXYR2sM63KCgpzVMK0McBKhRANCAASyIGdo0duu824NvA/GHo9sYoKvfSj7
        k63Xp91O8w4Pp3rawjiQuHsLL1Oh9bWVuVv4233AKnIjbKgUJq80AqgM
        -----END PRIVATE KEY-----
        """
    /// The same key, encrypted with `sesame`.
    static let clientKeySealed = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgFvwpxg6VBGQICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKbxZaR8/WknC/DIM6nwlkQEgZBR
        f0vP9a+poBI136Q9xisqFhmgPMBn7rPR1O8ywRFxixdLnAXEXmWqQ8xS0yj5QheG
        k9FOE4lpEtz3yFK8YEESMiRXNIdyeL7AMcGLgpncDgFUYZKmV381Y6Fvr//lkNUu
        LnW+/nnRcknpBStpbR6wZHT5PABig2ir8CTwi7D+vjioaJBO0Y1USDqVOxe+hwY=
        -----END ENCRYPTED PRIVATE KEY-----
        """
    /// The same key, encrypted with `sesame` by way of scrypt (`openssl pkcs8 -topk8 -scrypt`).
    static let clientKeyScrypt = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhNiPID3DHOhQICQAAC
        AQgCAQEwHQYJYIZIAWUDBAEqBBDQi9IFZF6VHjMg3SQJ33beBIGQDOQK/WHwMfRg
        NQbvDjxlPwh/YrOhOCsTNSGuchD3EpZ7zR+N0oddrC7m8+x/9HXSAuO5x4TLRiRd
        kDjSRRHTzn94RYJ0xekqGH7fbcAByFaZDertPnsGQRn3lP6KjOeoPVfY446Hru9G
        f3J64CoFqw0JaG1M4Ki7PPIZWXb1PDFkPMR1tXHIYTxVvUEZZ58W
        -----END ENCRYPTED PRIVATE KEY-----
        """
}
