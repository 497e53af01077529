/** Names that Python, or generated code, wants for itself. */
namespace py demo.class

/** What `enum` needs. */
enum Color {
  RED = 1
  name = 2
  None = 3
}

typedef string int
typedef i64 Struct

struct Message {
  1: string from
  2: string self
  /** Hidden: type: ignore */
  3: list<Message> list
  4: Color Color
  5: string __private
  6: optional Struct struct_id = 7
  7: string encode
}

exception Failure {
  1: string args
}

service Names {
  Message Import(1: Message timeout, 2: Message self)
  void close()
  list<string> str(1: string SERVICE) throws (1: Failure success)
}
