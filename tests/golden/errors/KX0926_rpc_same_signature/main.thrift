service UserService {
  void Delete(1: i64 user_id, 2: bool now)
}
