namespace py demo

include "base.thrift"

struct Request {
  1: required string message
}

exception TooLong {
  1: i32 limit
}

/** Says it again. */
service Echo extends base.Base {
  /** Once. */
  Request echo(1: Request request) throws (1: TooLong tooLong)
  oneway void tell(1: string message, 2: i32 times = 1)
  i32 add(1: list<i32> numbers, 2: set<string> flags = ["all"])
  Request listen(1: Request request) (streaming.mode = "server")
  Request collect(1: Request request) (streaming.mode = "client")
  Request talk(1: Request request) (streaming.mode = "bidirectional")
} (owner = "team")
