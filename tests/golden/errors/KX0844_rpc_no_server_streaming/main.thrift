struct WatchRequest {
  1: string topic
}

struct WatchResponse {
  1: string line
}

service TopicService {
  WatchResponse Watch(1: WatchRequest req) (streaming.mode = "server")
}
