service UserService {
  void Delete(1: i64 id)
}
