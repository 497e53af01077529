union Answer {
  1: string text
  2: i32 number
}

const Answer NONE = {}
const Answer BOTH = {"text": "x", "number": 1}
