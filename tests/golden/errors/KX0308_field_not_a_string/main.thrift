struct User {
  1: string name
}

const User ANN = {1: "Ann"}
