/// A certificate for localhost and 127.0.0.1 and the authority that signed it, valid for a hundred years; they protect nothing.
public enum FixtureCertificates {
    public static let authority = """
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
    public static let server = """
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
    public static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgf9b8lypco1Dvx71J
        7kPvjw1ppt0O2A5J05ZNEXzBZCChRANCAARZ3et/Y5tRr3a8Gu7ZzIFDLNAVv+fl
        HEy0tQNZekkAprv5wO/zmtejTkAdXMgve5cfPHfFzrafJgUQ3GF7f5EA
        -----END PRIVATE KEY-----
        """
}
