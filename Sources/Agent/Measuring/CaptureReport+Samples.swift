import Bytes
public import Monitoring
public import Recovery
import SnapshotModel

extension SectionState {
    /// A kind that nobody could read at all is a part, too, though none of it has a name.
    fileprivate var unreadSum: Int { outcome.isRead ? unreadCount : max(1, unreadCount) }
}

extension CaptureReport {
    /// What is told of a backup.
    public func samples(cluster: String, job: Job) -> [Sample] {
        let labels = [ByteString(cluster), ByteString(job.rawValue)]
        var samples = [
            Sample(.backupDuration, labels, duration), Sample(.calls, labels, calls), Sample(.writtenBytes, labels, bytesWritten),
            Sample(.writtenObjects, labels, objectsWritten), Sample(.reusedObjects, labels, objectsReused),
            Sample(.gaps, labels, manifest.gapCount), Sample(.confirmed, labels, confirmation != nil),
        ]
        let read = stages.observe.reduce(Duration.zero) { $0 + $1.duration }
        for (stage, duration) in [("prepare", stages.prepare), ("observe", read), ("write", stages.write), ("publish", stages.publish)] {
            samples.append(Sample(.stageDuration, labels + [ByteString(stage)], duration))
        }
        samples += stages.observe.map { Sample(.observeDuration, labels + [ByteString($0.kind.rawValue)], $0.duration) }
        for section in sections {
            let labels = labels + [ByteString(section.kind.rawValue)]
            samples.append(Sample(.resources, labels, section.desired))
            samples.append(Sample(.sectionComplete, labels, section.state.isComplete))
            samples.append(Sample(.unreadParts, labels, section.state.unreadSum))
        }
        samples += Certificate.Grade.allCases.map {
            Sample(.grade, labels + [ByteString($0.rawValue)], $0 == manifest.certificate.grade)
        }
        return samples
    }
}
