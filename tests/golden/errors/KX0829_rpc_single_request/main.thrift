service UserService {
  string GetName(1: i64 id, 2: bool with_title)
}
