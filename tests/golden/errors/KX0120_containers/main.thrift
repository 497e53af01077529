struct User {
  1: List<string> names
  2: vector<i32> scores
  3: Mpa<string, i32> ages
  4: Tree<string> parents
}
