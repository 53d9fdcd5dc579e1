import Bytes
import KafkaProtocol
import NIOCore

/// A call whose answer is still to come.
enum Waiter {
    /// Not waited for yet.
    case early(encode: LateEncoding)
    case waiting(ConnectionID, encode: LateEncoding, CheckedContinuation<[UInt8]?, Never>)
    /// The answer came before anybody waited for it.
    case ready([UInt8]?)
}

extension SimulatedCluster.Core {
    /// Hands out the answers whose time has come.
    mutating func deliver() {
        for completion in state.takeCompletions() {
            switch waiters[completion.token] {
            case .early(let encode): waiters[completion.token] = .ready(try? encode(completion.response, &state))
            case .waiting(_, let encode, let continuation):
                waiters[completion.token] = nil
                continuation.resume(returning: try? encode(completion.response, &state))
            case .ready, nil: break
            }
        }
    }

    /// Nobody is there any more to take the answers that a connection still waits for.
    mutating func closed(_ connection: ConnectionID) {
        connections[connection] = nil
        state.saslExchanges[connection] = nil
        state.subjects[connection] = nil
        state.throttles[connection] = nil
        for (token, waiter) in waiters {
            guard case .waiting(connection, _, let continuation) = waiter else { continue }
            waiters[token] = nil
            state.abandon(token)
            continuation.resume(returning: nil)
        }
        state.endShareSessions(on: connection)
        deliver()
    }
}

/// What becomes of one request on its connection.
private enum Reply: Sendable {
    case frame([UInt8])
    case nothing
    /// The first bytes of the answer, then the end.
    case cut([UInt8], after: Int)
    case end
    /// The answer, then the end.
    case last([UInt8])
}

extension SimulatedCluster {
    /// One connection from its first byte to its last. Requests are answered one after the other, in order, as brokers do.
    func serve(_ connection: Listener.Connection, broker: Int32, isRefused: Bool) async {
        let id = core.withLockedValue { core -> ConnectionID? in
            guard !isRefused, core.state.isAlive(broker) else { return nil }
            let id = ConnectionID(number: core.number())
            core.connections[id] = (broker, connection.channel)
            return id
        }
        connection.channel.closeFuture.whenComplete { _ in
            if let id { self.core.withLockedValue { $0.closed(id) } }
        }
        // Clients go away in many ways; none of them is the broker's trouble.
        try? await connection.executeThenClose { frames, outbound in
            guard let id else { return }
            var isKnown = false
            for try await frame in frames {
                // By its first frame a client has shown its certificate, if it has one.
                if !isKnown, configuration.tls?.clientAuthoritiesPEM != nil { await learnSubject(of: connection.channel, id) }
                isKnown = true
                switch await reply(to: frame, broker: broker, connection: id) {
                case .frame(let bytes): try await outbound.write(Self.framed(bytes))
                case .nothing: break
                case .cut(let bytes, let count):
                    var whole = Self.framed(bytes)
                    if let part = whole.readSlice(length: min(count, whole.readableBytes)) { try await outbound.write(part) }
                    return
                case .last(let bytes):
                    try await outbound.write(Self.framed(bytes))
                    return
                case .end: return
                }
                // Over a quota: what the client sends on is not read for a while (KIP-219).
                if let pause = core.withLockedValue({ $0.state.throttles.removeValue(forKey: id) }) { try await time.sleep(for: pause) }
            }
        }
    }

    private static func framed(_ bytes: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes.count + 4)
        buffer.writeInteger(Int32(bytes.count))
        buffer.writeBytes(bytes)
        return buffer
    }

    private func reply(to frame: [UInt8], broker: Int32, connection: ConnectionID) async -> Reply {
        if let raw = rawSasl(frame, connection) { return raw }
        guard let (api, version, correlationID) = try? RequestHeader.peek(frame) else { return .end }
        let (fault, mayAsk, offer) = core.withLockedValue { core in
            core.calls[api, default: 0] += 1
            return (
                core.faults.take(api: api, broker: broker), core.state.mayAsk(api, on: connection, uptime: time.uptime()),
                core.state.offer
            )
        }
        guard mayAsk, let handler = Calls.byKey[api] else {
            logger.warning("connection closed: a call is not served here", metadata: ["call": "\(api)", "authenticated": "\(mayAsk)"])
            return .end
        }
        var cut: Int?
        var garbage = 0
        switch fault {
        case .delay(let duration):
            // Cancelled means that the cluster stops; the connection is about to end then.
            do { try await time.sleep(for: duration) } catch { return .end }
        case .hold:
            while core.withLockedValue({ $0.faults.holds(api: api, broker: broker) }) {
                do { try await time.sleep(for: .milliseconds(5)) } catch { return .end }
            }
        case .drop: return .nothing
        case .close, .refuse: return .end
        case .cut(let count): cut = count
        case .garble(let count): garbage = count
        case .error, .belie, .hangUp, nil: break
        }
        guard let offered = offer.range(of: handler), offered.contains(version), handler.api != .produce || version >= 3 else {
            guard api == .apiVersions, let refusal = try? ApiVersionsHandler.refusal(correlationID: correlationID, offer: offer)
            else { return .end }
            return .frame(refusal)
        }
        let answer = await answer(handler, frame, api, version, fault, broker: broker, connection: connection)
        guard let answer else { return .end }
        if let cut { return .cut(answer, after: cut) }
        if answer.isEmpty { return .nothing }
        if garbage > 0 { return .frame(answer + [UInt8](repeating: 0, count: garbage)) }
        let hasFailed = core.withLockedValue { $0.state.saslExchanges[connection]?.hasFailed ?? false }
        return hasFailed ? .last(answer) : .frame(answer)
    }

    /// The answer's frame, empty where there is none, nil where the connection must end.
    private func answer(
        _ handler: any CallHandler.Type, _ frame: [UInt8], _ api: APIKey, _ version: Int16, _ fault: Fault.Effect?, broker: Int32,
        connection: ConnectionID
    ) async -> [UInt8]? {
        let (now, uptime) = (time.now(), time.uptime())
        let served = core.withLockedValue { core -> Result<(Served, CallToken), WireError> in
            let context = CallContext(
                broker: broker, connection: connection, api: api, version: version, token: CallToken(number: core.number()),
                clientID: RequestHeader.clientID(in: frame), clientHost: "/127.0.0.1", principal: core.state.principal(of: connection),
                now: now, uptime: uptime, chance: chance)
            do throws(WireError) {
                if case .error(let code) = fault {
                    return .success((.answered(try handler.serveRefusal(code, frame, context, core.state)), context.token))
                }
                if case .belie(let code) = fault {
                    let said = try handler.serveRefusal(code, frame, context, core.state)
                    _ = try handler.serve(frame, context, &core.state)
                    core.deliver()
                    return .success((.answered(said), context.token))
                }
                let served = try handler.serve(frame, context, &core.state)
                if case .parked(let encode) = served { core.waiters[context.token] = .early(encode: encode) }
                core.deliver()
                return .success((served, context.token))
            } catch {
                return .failure(error)
            }
        }
        switch served {
        case .failure(let error):
            logger.warning("connection closed: a request could not be read or answered", metadata: ["error": "\(error)"])
            return nil
        case .success((.answered(let bytes), _)): return bytes
        case .success((.silent, _)): return []
        case .success((.parked, let token)): return await laterAnswer(token, connection)
        }
    }

    private func laterAnswer(_ token: CallToken, _ connection: ConnectionID) async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                core.withLockedValue { core in
                    switch core.waiters[token] {
                    case .early(let encode) where core.connections[connection] != nil:
                        core.waiters[token] = .waiting(connection, encode: encode, continuation)
                    case .ready(let bytes):
                        core.waiters[token] = nil
                        continuation.resume(returning: bytes)
                    case .early, .waiting, nil:
                        core.waiters[token] = nil
                        core.state.abandon(token)
                        continuation.resume(returning: nil)
                    }
                }
            }
        } onCancel: {
            core.withLockedValue { core in
                guard case .waiting(_, _, let continuation)? = core.waiters.removeValue(forKey: token) else { return }
                core.state.abandon(token)
                continuation.resume(returning: nil)
            }
        }
    }

    /// After a handshake of version 0, SASL's tokens come bare. Nil where this frame is a request like any other.
    private func rawSasl(_ frame: [UInt8], _ connection: ConnectionID) -> Reply? {
        let now = time.now()
        return core.withLockedValue { core in
            guard var exchange = core.state.saslExchanges[connection], exchange.isRaw, exchange.user == nil,
                let credentials = core.state.credentials
            else { return nil }
            defer { core.state.saslExchanges[connection] = exchange }
            do throws(SaslExchange.Failure) {
                let host = core.state.host(of: core.connections[connection]?.broker ?? -1)
                return .frame(try exchange.take(frame, credentials, host: host, now: now, chance: chance))
            } catch {
                return .end
            }
        }
    }
}

extension ClusterState {
    /// Before a client has proved who it is, only the calls that lead there are served.
    func mayAsk(_ api: APIKey, on connection: ConnectionID, uptime: Duration) -> Bool {
        if sessionIsOver(on: connection, uptime: uptime), api != .saslHandshake { return false }
        if credentials == nil || saslExchanges[connection]?.user != nil { return true }
        return [.apiVersions, .saslHandshake, .saslAuthenticate].contains(api)
    }

    func principal(of connection: ConnectionID) -> ByteString {
        "User:" + (saslExchanges[connection]?.user ?? subjects[connection] ?? "ANONYMOUS")
    }
}

extension RequestHeader {
    /// The client id of a frame, empty where it is null or missing.
    static func clientID(in frame: [UInt8]) -> ByteString {
        guard frame.count >= 10 else { return ByteString() }
        let length = Int(Int16(bitPattern: UInt16(frame[8]) << 8 | UInt16(frame[9])))
        guard length > 0, frame.count >= 10 + length else { return ByteString() }
        return ByteString(bytes: frame[10..<10 + length])
    }
}
