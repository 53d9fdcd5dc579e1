import Catalog
import Repository

extension RepositoryError {
    var exitCode: ExitCode {
        switch code {
        case .notARepository, .alreadyARepository, .notEmpty, .unknownFormat: .repositoryUnusable
        case .locked, .leaseLost: .locked
        case .noSuchSnapshot, .ambiguous: .usage
        case .damaged: .repositoryDamaged
        case .refused: .unexpected
        }
    }
}

extension CatalogError {
    var exitCode: ExitCode {
        switch code {
        case .badQuery: .usage
        case .notACatalog, .newer, .unusable: .repositoryUnusable
        }
    }
}
