struct Node {
  1: optional Node & next
}
