/// The word that somebody probably meant.
public enum Nearest {
    /// No known word is nearly as long.
    static let longest = 100

    /// The candidate with the fewest insertions, deletions, replacements and swaps of neighbours (Damerau's distance), at most one for
    /// `lettersPerMistake` letters; the first by name of several; nil where none is near. A longer word takes no longer.
    public static func to(_ word: String, among candidates: some Sequence<String>, lettersPerMistake: Int = 3) -> String? {
        let letters = Array(word.unicodeScalars.prefix(longest + 1))
        guard letters.count <= longest else { return nil }
        let allowed = max(1, letters.count / lettersPerMistake)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let other = Array(candidate.unicodeScalars.prefix(longest + 1))
            // As many as that are missing at least.
            let limit = min(allowed, best?.distance ?? allowed)
            guard abs(other.count - letters.count) <= limit else { continue }
            let found = (distance: distance(letters, other, limit: limit), candidate: candidate)
            if found.distance <= allowed, best.map({ found < $0 }) ?? true { best = found }
        }
        return best?.candidate
    }

    /// More than `limit` of words that are further apart than that.
    public static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int = .max) -> Int {
        var (beforeLast, last) = ([Int](), Array(0...b.count))
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            // Each row comes of the two before it, and no step makes less of them.
            if limit < .max, row.min() ?? 0 > limit, last.min() ?? 0 > limit { return limit + 1 }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
