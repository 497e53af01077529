namespace py streamed

struct Note { 1: string text, 2: i32 count, 3: optional binary blob }
exception Refused { 1: string why }

service Base {
  void ping()
}

service Notes extends Base {
  // By `text`: "count" gives as many notes as `count` says, "forever" never ends, other texts say how to fail.
  Note download(1: Note request) throws (1: Refused refused) (streaming.mode = "server")
  // How many notes there were, and the sum of their counts. "enough" as a text ends it early.
  Note upload(1: Note note) (streaming.mode = "client")
  // Each note comes back, its count one higher. By `text`: "fail" fails, "silent" gives nothing back.
  Note talk(1: Note note) (streaming.mode = "bidirectional")
  Note once(1: Note note) (streaming.mode = "unary")
  string words(1: string word) (streaming.mode = "bidirectional")
}
