// The smallest useful service: what goes in comes back.
namespace py echo
namespace go echo

/** What to say, and how often. */
struct EchoRequest {
  1: required string message
  2: i32 count = 1
}

struct EchoResponse {
  1: list<string> messages
}

service Echo {
  /** Say it again, `count` times. */
  EchoResponse echo(1: EchoRequest request)
}
