service UserService {
  void Ping()
}
