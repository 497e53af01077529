enum Color {
  RED
}

const string NAME = 5
const i32 RATIO = 1.5
const list<i32> NUMBERS = {1: 2}
const map<string, i32> AGES = [1]
const string PAINT = Color.RED
const string TITLE = "x"
const i32 SIZE = TITLE
