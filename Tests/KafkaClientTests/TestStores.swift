import Bytes

/// Stores that keytool of a Java 21 made from `TestCertificates`; the password of each is `sesame1`, and they protect nothing.
enum TestStores {
    /// PKCS12 with the authority's certificate alone, as truststores are.
    static let truststore = bytes(
        """
        MIIDEgIBAzCCArwGCSqGSIb3DQEHAaCCAq0EggKpMIICpTCCAqEGCSqGSIb3DQEHBqCCApIwggKOAgEAMIIChwYJKoZIhvcNAQcB
        MGYGCSqGSIb3DQEFDTBZMDgGCSqGSIb3DQEFDDArBBQ1timqXcthX1k8/KhUloZznHlKKwICJxACASAwDAYIKoZIhvcNAgkFADAd
        BglghkgBZQMEASoEEEBoio/3Xkvhmnhk0AxqmcGAggIQIV1JIecqa4cOcSQfYnD9pz2e2yZjMRvb3wYALTdlrZB9jZ/ZTLrzMESa
        tcPn7IGgaiCaxjdtKtuAfdSTmE3jP89a5/rrELduJho9JudaZyVRho5NkGQP/p1pWN1hmb+H3RW61edd6f7YXDkTSly9nGCh65YJ
        RB9KaICFpCMlHclhnDzv6L7aJM2ey+fer3U/onrZFkRoxlZ5Igt9SjhW/SLiPGUGnsd/SPgKvMesj7Cu5TOK8lI40P2Df+VEbGjp
        QrG/rdoxCe3NZDC0SCyWpxhFIfsxkcdQW7eMN4LOpNvxOo8YASJkQ5V0YKH7+Yr5xAYPa9KYJMPZjP7jbm9U2YRxlRwh9OUXQaZQ
        dp0qNv6ShSAsty47Jsql89fqs/6cgC/5nZHqA3BciYTlNudZSC2ns0Ds0nbO7et0zHDWgVRPlsqrz8oC9omuhq+H5JG5w8H/oc8f
        ow1DDL94bKpIGcmCcuwUi/EW3LPdiOTYau2tkMG0zZz75I6+xkwkDEWzQ/wRbxkhaMO6tr2rsI6EYGCs8GZa9MliOUhxvSxHmQKe
        QOjTQNyiVwMFtw4PbBgh12eO3jhWP6Gm/xeDDK0e0rrdq2uQ0UzFdkfMKhYgro276l4g+3apZ/vtPabpah75NVxeCiJf0nFBqZls
        tPgQIQctr8rEOSKafCWczGlFo9BSAw3DfsDqOBevN9nKKghmME0wMTANBglghkgBZQMEAgEFAAQgVry/jdxsT3LBWXS758st0QWi
        X7u49ASWp3LSc9rhGlsEFNBc6vBYqYrSkS9noOV8WSpNwO/1AgInEA==
        """)
    /// PKCS12 with the client's key, certificate and authority.
    static let keystore = bytes(
        """
        MIIGlwIBAzCCBkEGCSqGSIb3DQEHAaCCBjIEggYuMIIGKjCCAWEGCSqGSIb3DQEHAaCCAVIEggFOMIIBSjCCAUYGCyqGSIb3DQEM
        CgECoIH+MIH7MGYGCSqGSIb3DQEFDTBZMDgGCSqGSIb3DQEFDDArBBSqX43ln2F+xHz33JUcrxlacmcdrgICJxACASAwDAYIKoZI
        hvcNAgkFADAdBglghkgBZQMEASoEEBf3QGR+HNo+4vMvP1+prpkEgZDuENmTAaj6qW1dw7Z5tVMA6toMljURXn8lj0aTdlmf9sPA
        3R1T0tYqZdgwr/8o0nl/qoj07HYewTf5nYi8VKWWkJauUqiW7OcwU7t+fWJzuYr39Y/EYO/yE0UBzGiDERRVrOGGe4os8xupP0p/
        I5YstTrwMVeRbgckC2gSfCwX2DpQ7b+I9slooKjBvUlsS/0xNjARBgkqhkiG9w0BCRQxBB4CADEwIQYJKoZIhvcNAQkVMRQEElRp
        bWUgMTc5NTY0NzU0OTc3NjCCBMEGCSqGSIb3DQEHBqCCBLIwggSuAgEAMIIEpwYJKoZIhvcNAQcBMGYGCSqGSIb3DQEFDTBZMDgG
        CSqGSIb3DQEFDDArBBR3eUs5Gac/m+S4aAFmiCxRaEaFZQICJxACASAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENMPCaPD
        tPyAvjcQzg3T4IGAggQwuqTcpyMkLUmnZ8/BNIXNOvMJLai/3QIzCzK5t5LVGt2RDbQaHpcOaRalQZs0U/F3oa2BhaW7DXa79Wza
        BIsrebxI0dlwzeorsmRb53/1K4SGmm1bZS7U+jy/UYa2X3gDe4wAmKBzKCTv5+uJ/QKISgrfVesIPo0ilODcwqMTpiki1c7ecc4V
        +HAmX32wkPavOKbdypBbaq2Pc0yC9Z/86x75NHo9RVmvnXHst4NCssIzomcWAWfc+CGPXRypHklloj4bse045efzItKAsPeyOzvO
        y++ardUN3kG/vNwxSuiHGjJvuIHR8ZUGz7HJ/f7LYb3rOPYl772JTZU+sEOm7IsVQljGNLDaZuKqaex53QBoW0w7DeO9Zo2CFnkI
        cwgNRfH+B8IdotADmWhzFjdHT+YX7IHgC9pj8QY62UGlVN9HX4axkgGLROyqo7ZUL3d1ftLlUgMWkOwi1ujcXJW7rEfBg0s2/0jf
        7p9igBBqcj/Qxs7Hg3lVG647pOC15FZhIaSJ3rPhoK3YtUJSwfVd/aMl8JkMTU3VGfTPbzUWq4mVJ5IRmwwksva3lATcQCIBHAJK
        m+lCnPtJEG0TxZDxSyop+mH4LJfraWzfBKdRAW4SJzKvt4P9maIUv4ZINAsMv3SPuSntXiIwWUtVBlqsq9rK4BdFRH5gZ/RUkdKJ
        Ef3247J5GC7lK9tmLgb/F2XVjKMkgC+CX0FPVpcPWurCHM3SRGaV8suxZElyXt/mLYQ7t9DuRH3IiAqUMmHpzPFjg6VYZrUfOa99
        TpoiKs9mgdn6OCEhP2aXyBn5aI1zUJ1ezffB564c8ZSs7+HUY8TqnklaSY8nvhMKmbbAhQHrgbeG3BHXjL3nmk+kg4JDy/rnp0fb
        bheSXEGWkwgwX+UaIXbwsiq0WU7mnG5iJT7cUxfZtQYI0xIqgZmcBaeoTDqk2LXFxmRfx6JVU3w0IJewIyOIjns0wEi7PaRul9aP
        c1y052Lk0twJzFyBtfXnc29DMU3ImuMxgpE5NdSVjBu7R2IMWx2/h2zreGlc+Hm6rSlnGauswNrvWtKkPkrW89iBn3L6LLeC2i30
        uac3PToozkvgHp9zqYa333ra+zIGKnf5MoNEFFXYOLp24tdMIPY2do7rS4OYi737egEsI8+Q8G7Fk+efRGnWV0bbvMUPnzFWOBo/
        j4oFdtHL1iPRIfsrgmnwB8sxj2ZG0oNCAY6vLeCi02AeGhH3ad7sGb8avFFChMvjwmk7QkdaILU10ix/CuaSx/JToPzM62iWWpjs
        AMQcYUyIPs7TiNYEH0Tz2bf/8jEAwRJRAKQ9NOyt1TcuFvmD4DLZPCQq6dLkKT6CvyEK47KHCaTxlBIh1IKN7FSdNLqN6ldXgoil
        cUpPdCi8pX5x/sfdDrQJzqd7ZiUqcZkW4hlLmXgnAm5Qd9H4iDBNMDEwDQYJYIZIAWUDBAIBBQAEILxXYeb0EkLb8nkRNu1lgWHg
        Rpen1V1+71ZIhTtg72vjBBTQdCJx0ag+77WsQtJ5K1EUEYZR/AICJxA=
        """)
    /// PKCS12 of libcrypto with the client's key, certificate and authority, and beside them `stranger`, marked as trusted in Oracle's way.
    static let mixed = bytes(
        """
        MIIHuQIBAzCCB28GCSqGSIb3DQEHAaCCB2AEggdcMIIHWDCCBiIGCSqGSIb3DQEHBqCCBhMwggYPAgEAMIIGCAYJKoZIhvcNAQcBMFcG
        CSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjZ5qpJaonBJwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENa5pFV1rz5l
        jYivmR9U6byAggWgT/rif4Mb43iDZFNfmAwjs+DaWPWhJggbjRe8E/+KuGMfSmr7XaJd5jaEsAquc+kTQHITOUXfG/Tn1q6rh+z0M0S7
        Lo22mFppBoMMp5zDylJt9m+tPEaZyLLII++9y2RjVrSimylwGYOnOm2Q8mq+eF5gABWISH0dtprpUKrpo3jewk3gDfZTB7ufMyfsk3dX
        uJgstdk1Xc0P5+Je/ocmKweRuPjtNLxfIjvqwMfi77H1KMrBW66VtgRMaz3PbAWbSSputU9H/3sNJlIF6vkEsTPGvbPjFlDZoqR0nJ9c
        9s1luSKSYCwcliyE3kuyn5BboRkM2qyfyQfrrZWcFIAGYU9+iA102G7Rx2XcV7pNIHT7FtTzzUpAUrF6jKm3bRQJjxKmsc20CZtLprNC
        +1jr3T8Ey1DQK6t+w5ilvEIuLDTWdXEpjnVFp7mdmAVSJqSuQHaiGYO/2wVaTdSBfCKa8dW9e9A1ezL1ck9m6XghxslfR1NWj5DLkWWv
        FOCv13pEHT1eYvvuoFvkrGdsVEOB7py+NoIMroAMs0wWpjhTPV0ckAkwkwVqk+WfXfIA5CL0Wi/EVJ7DOwG7gTed1ypfcZvap/XazVHO
        26RNrpwUBe4RcYOFvyzRJxYb8OpuOkUPm5fjUoCb5s/b0yxwfr6fGIEFvMXtZdBluMNeHJqUHbz/i9N/wccSTaiqSxyxqOCa9FR83LDY
        awkK0v2WLJ3yZWWTIAsX+7HcCKn0x2/q2G5Qf0ZJF2Lx/pwSfvXGJjgQfzUFa3UsKQZ403QYZIpgK9VwcCsB6hxB3qbejHQQt94aBPT1
        rWe1byRMdqCf5ALamPujYDxcIjjhMd6EHlhOySGMQ7fAUVKu13EWA31Jntr/WqbSLHU8RKfYwXSr3lOG7ZNIPkmmUEARTWY1mHioy3qW
        D5QqxhT8S7bbXURUCELVOjVpwn9LR59a7cpMidAlIT4CUgBs+iUffHKdjYCW+k+nhZ5MzBxvzqL16hMqwRaV3NzAFeeb6pKVVwypdjii
        DqiyxTMpKh4RxyJz3028pDMENokHjfVZYgI8poV7abLkst4YC4fw1LuUtkTyKvWoFfcOeoFHsL/Fdp8ltqZ2iy5OUe+lI3+YR1m4M/Ly
        +iZSDk7m4WboojA2nCdlS4lUeUgPxy3Erf0/M6HoXeGWcYox7uPrvhA2W6wRFXLgLmWyV74UxVVKv2tKnfcqXsungy0SKuPPspEZwHss
        hrg7g00LnI9tVHKiCqnEgipRdAok3rzJ8Qnpam4Dsj6iXpmgY1QLWT/SzBtVdRuCcGYblVvU82ueh/ujwzh/CTlmBLiYh/skElVerUVS
        aYhHgujt1yxi7MawpkItF/mALmQLXebeDmb+XrpMM1wC56ANxV9TFe2j+3rrc5xC65uRT2Hc8AGCljgIVw2DVejT9aUxualXOwvyEMvO
        KI/WvNbtgTevbe705IxmvbQO2+4HaS83WZzn5G16UbdzJbpMo39z14h6z9Ldpdz/FdEUosoHEo3asxXo+gRDldbk4kKiD0G6ocg1HIr4
        kNNJJZWZSqCtbOGHHx6u6Fe+Fa4OBiCSfePfNMEnOk1AgL0WLFBt6dhiot2XZOcoYmy7/i23Nh2PKj2ExDoDikMeZBwM5cFcNzwZmKw/
        hFkqXc6C146lLsiFVM4rxvkAwa0xf/UMAW+TSZ/FAtu+7kuV98zU8BdXyhpRBbgwEdMkW7XihTHYifM/Ik4kIA5uHJrbieLX1J36Hp1O
        pQCIoNQvnwhgNhPzdsYOW7Th+aS8fP4ebCHeirWpk3fU89GHoFKcU4WRSF5tKiuoIdA8hHYYJUjgf1aJ5JHMFVJk57v2cSod4kzK3BXd
        yxMWKvv3EEAStichE7nBNsxps6exetUL+AL6oIR2y0YfpvB+USs8nRv+4CyHEWkfMIIBLgYJKoZIhvcNAQcBoIIBHwSCARswggEXMIIB
        EwYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECIcFaCMaY1EOAgIIADAMBggqhkiG9w0CCQUA
        MB0GCWCGSAFlAwQBKgQQ2u587BVGqK1AlyClB6rq+ASBkM4bIguzPi7fIpTceFZTkYjJgwxTH/EipulocIc1LiSu2n9zY9EI1pDVWYQP
        d2J+LRea1EoKra7efzLc3nE1qxG+mQCuqIOVNRQYZu8FAw2/v19xHBs+vfKqsPuZMnq3gP98759ad3M0Y0ulPrKoYgtayvSI3qC+MbRR
        l/+zJuDQxBN/t52Ae6CBSy1SgnafgTESMBAGCSqGSIb3DQEJFTEDBAEBMEEwMTANBglghkgBZQMEAgEFAAQgRg9t3Cnic+0vjU13mMoP
        kIJ0owIZcsN0OiJ10EeC7bMECHwBMDcA91MJAgIIAA==
        """)
    /// The beginning of a Java key store.
    static let jks: [UInt8] = [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]

    private static func bytes(_ text: String) -> [UInt8] { Base64.decode(text.filter { !$0.isWhitespace }) ?? [] }
}
