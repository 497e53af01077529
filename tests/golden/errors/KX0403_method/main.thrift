service Users {
  void getUser()
  void get_user()
}
