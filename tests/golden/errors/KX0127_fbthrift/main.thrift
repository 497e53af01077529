namespace py shop

@cpp.Ref{type = cpp.RefType.Unique}
struct User {
  1: i64 id;
} 

interaction Chat {
  stream<string> listen();
}
