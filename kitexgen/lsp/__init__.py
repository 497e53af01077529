"""The language server for .thrift and .proto: `server.py` lists what it answers, `features/` has the answers."""
