struct User {
  1: string name
}

const User ANN = {"nmae": "Ann"}
