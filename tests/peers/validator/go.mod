module example.com/validated

go 1.24

require (
	github.com/apache/thrift v0.13.0
	github.com/cloudwego/thrift-gen-validator v0.2.6
	github.com/cloudwego/thriftgo v0.4.5
)
