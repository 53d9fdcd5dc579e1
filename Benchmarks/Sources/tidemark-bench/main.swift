switch CommandLine.arguments.dropFirst().first {
case "decode": try MetadataDecoding.run()
case "quick":
    try MetadataDecoding.run()
default: print("usage: tidemark-bench quick | decode")
}
