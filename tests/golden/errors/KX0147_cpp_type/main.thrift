struct User {
  1: list cpp_type "std::deque<int>" <i32> numbers
}
