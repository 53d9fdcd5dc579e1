import NIOConcurrencyHelpers

/// Runs the jobs of its tasks one after the other where it is told to: what a schedule does depends on nothing but its seed.
final class StepExecutor: TaskExecutor {
    private let jobs = NIOLockedValueBox<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLockedValue { $0.append(job) }
    }

    /// Until every task waits for something.
    func drain() {
        while true {
            let batch = jobs.withLockedValue { jobs in
                let batch = jobs
                jobs = []
                return batch
            }
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
