// What every server of the comparison serves; the Kitex peer has the same method among others.

namespace py bench

struct Small {
  1: string msg
}

service Echo {
  // The message, after "re:".
  Small small(1: Small req)
  // The same for every message.
  Small bidi(1: Small req) (streaming.mode="bidirectional")
}
