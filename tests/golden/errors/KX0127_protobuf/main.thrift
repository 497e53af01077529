syntax = "proto3";

message User {
  int64 id = 1;
}
