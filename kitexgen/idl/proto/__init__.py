"""The Protobuf front end: text to tree, and tree to what it means."""
