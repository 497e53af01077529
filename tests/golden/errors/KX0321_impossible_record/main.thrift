struct Node {
  1: required Node next
}

struct Hen {
  1: required Egg egg
}

struct Egg {
  1: required Hen hen
}
