// Streams of every shape. Each method says what every peer's handler does.

namespace go streams

struct Word {
  1: string text
  2: i32 number
}

exception Denied {
  1: string why
}

service Streams {
  // By `text`: "count" gives `number` words, 0, 1, ...; "told" one word with the persistent metainfo "tenant" as its
  // text, after the header {"node": "seven"}, with the trailer {"rows": "1"}; "fail" one word, then fails plainly;
  // "declared" raises Denied; "biz" ends with a business status; "panic" panics; anything else gives words until
  // nobody wants them, and is then known to `ended` by that text.
  Word download(1: Word request) throws (1: Denied denied) (streaming.mode="server")
  // The texts joined by commas, the numbers added up. "enough" ends it at once.
  Word upload(1: Word word) (streaming.mode="client")
  // Each word comes back, its number one higher. "fail", "biz": see above; "wait" gives nothing back, and its stream is
  // known to `ended` as "wait" when it is over.
  Word talk(1: Word word) (streaming.mode="bidirectional")
  // Like `small` of Echo: by Kitex's streams it is an ordinary call.
  Word once(1: Word word) (streaming.mode="unary")
  // Why the stream of that name was over; waits for it, and gives "" after that time.
  string ended(1: string name, 2: i32 milliseconds)
}
