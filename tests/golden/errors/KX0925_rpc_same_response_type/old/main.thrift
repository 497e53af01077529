service UserService {
  i32 Count()
}
