service UserService {
  string Count()
}
