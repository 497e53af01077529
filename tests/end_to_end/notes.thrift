// The services of tests/builders/services.py, for other implementations of Thrift.
struct Note { 1: required string text, 2: i32 count }

exception Refused { 1: i32 code, 2: string why }

service Base {
  void ping()
}

service Notes extends Base {
  Note echo(1: Note note) throws (1: Refused refused)
  i32 add(1: i32 a, 2: i32 b)
  string slow(1: string text)
  string plain(1: string text)
  list<Note> all()
  void fail(1: string how) throws (1: Refused refused)
  oneway void tell(1: string text)
}
