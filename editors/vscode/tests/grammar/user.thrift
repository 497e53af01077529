// SYNTAX TEST "source.thrift" "what every kind of declaration looks like"

namespace py demo.user
// <--------- keyword.control.namespace.thrift
//        ^^ support.type.language.thrift
//           ^^^^^^^^^ entity.name.namespace.thrift

include "base.thrift"
// <------- keyword.control.import.thrift
//      ^^^^^^^^^^^^^ string.quoted.thrift

const i32 LIMIT = 10
// <----- storage.modifier.const.thrift
//    ^^^ storage.type.primitive.thrift
//        ^^^^^ variable.other.constant.thrift
//                ^^ constant.numeric.thrift

typedef list<base.Id> Ids
// <------- storage.type.typedef.thrift
//      ^^^^ storage.type.container.thrift
//           ^^^^ entity.name.namespace.thrift
//                ^^ entity.name.type.thrift
//                    ^^^ entity.name.type.alias.thrift

enum Color {
// <---- storage.type.enum.thrift
//   ^^^^^ entity.name.type.enum.thrift
  RED = 1 (py.name = "red")
//^^^ variable.other.enummember.thrift
//      ^ constant.numeric.thrift
//         ^^^^^^^ variable.other.property.thrift
//                   ^^^^^ string.quoted.double.thrift
}

struct User {
// <------ storage.type.struct.thrift
//     ^^^^ entity.name.type.struct.thrift
  1: required i64 id
//^ constant.numeric.field-id.thrift
//   ^^^^^^^^ storage.modifier.requiredness.thrift
//            ^^^ storage.type.primitive.thrift
//                ^^ variable.other.member.thrift
  2: map<string, base.Tag> tags = {"a": 1}, # trailing
//   ^^^ storage.type.container.thrift
//       ^^^^^^ storage.type.primitive.thrift
//               ^^^^ entity.name.namespace.thrift
//                    ^^^ entity.name.type.thrift
//                         ^^^^ variable.other.member.thrift
//                                 ^^^ string.quoted.double.thrift
//                                          ^^^^^^^^^^ comment.line.number-sign.thrift
}

service Users extends base.Base {
// <------- storage.type.service.thrift
//      ^^^^^ entity.name.type.service.thrift
//            ^^^^^^^ storage.modifier.extends.thrift
//                    ^^^^^^^^^ entity.other.inherited-class.thrift
  User GetUser(1: i64 id) throws (1: NotFound missing)
//^^^^ entity.name.type.thrift
//     ^^^^^^^ entity.name.function.thrift
//             ^ constant.numeric.field-id.thrift
//                ^^^ storage.type.primitive.thrift
//                    ^^ variable.other.member.thrift
//                        ^^^^^^ keyword.other.throws.thrift
//                                ^ constant.numeric.field-id.thrift
//                                   ^^^^^^^^ entity.name.type.thrift
//                                            ^^^^^^^ variable.other.member.thrift
  oneway void Ping()
//^^^^^^ storage.modifier.oneway.thrift
//       ^^^^ storage.type.primitive.thrift
//            ^^^^ entity.name.function.thrift
}

// Hovers show fields and methods alone.

4: required base.Tag total
// <- constant.numeric.field-id.thrift
// ^^^^^^^^ storage.modifier.requiredness.thrift
//          ^^^^ entity.name.namespace.thrift
//               ^^^ entity.name.type.thrift
//                   ^^^^^ variable.other.member.thrift

list<User> GetUsers(1: i64 id) throws (1: NotFound missing)
// <---- storage.type.container.thrift
//   ^^^^ entity.name.type.thrift
//         ^^^^^^^^ entity.name.function.thrift
//                     ^^^ storage.type.primitive.thrift
//                             ^^^^^^ keyword.other.throws.thrift
//                                        ^^^^^^^^ entity.name.type.thrift

struct After {}
// <------ storage.type.struct.thrift
