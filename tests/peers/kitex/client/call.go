package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/remote/codec/protobuf"
	"github.com/cloudwego/kitex/pkg/serviceinfo"

	"kitexgen.test/peers/kitex_gen/echo/echo"
	messagesservice "kitexgen.test/peers/kitex_gen/messages/messages"
	"kitexgen.test/peers/kitex_gen/probe/loudecho"
	"kitexgen.test/peers/kitex_gen/probe/probe"
	streamsservice "kitexgen.test/peers/kitex_gen/streams/streams"
)

// call is one line of input. The arguments come as JSON (names as in the IDL, binary in base64) or, where JSON cannot
// say it, as the Thrift Binary bytes of the arguments struct in hex. The request of a Protobuf method comes as its bytes,
// for Kitex to read and write again, or as a body that is sent whatever it is.
type call struct {
	ID         int               `json:"id"`
	Service    string            `json:"service"`
	Method     string            `json:"method"`
	Args       json.RawMessage   `json:"args"`
	ArgsThrift string            `json:"args_thrift"`
	Protobuf   string            `json:"args_protobuf"`
	Body       *string           `json:"body"`
	Persistent map[string]string `json:"persistent"`
	Transient  map[string]string `json:"transient"`
	Stream     []step            `json:"stream"` // what to do with a stream; the method streams then
	settings
}

var services = map[string]*serviceinfo.ServiceInfo{
	"Echo":     echo.NewServiceInfo(),
	"LoudEcho": loudecho.NewServiceInfo(),
	"Messages": messagesservice.NewServiceInfo(),
	"Probe":    probe.NewServiceInfo(),
	"Streams":  streamsservice.NewServiceInfo(),
}

// callers keeps one Kitex client for each service and settings, with its connections.
type callers struct {
	mutex sync.Mutex
	known map[string]client.Client
}

func newCallers() *callers { return &callers{known: map[string]client.Client{}} }

func (callers *callers) of(info *serviceinfo.ServiceInfo, chosen settings) (client.Client, error) {
	callers.mutex.Lock()
	defer callers.mutex.Unlock()
	key := fmt.Sprintf("%s %+v", info.ServiceName, chosen)
	if found, known := callers.known[key]; known {
		return found, nil
	}
	chain, err := chosen.options(info)
	if err != nil {
		return nil, err
	}
	made, err := client.NewClient(info, chain...)
	if err != nil {
		return nil, err
	}
	callers.known[key] = made
	return made, nil
}

// make makes one call and says how it ended. Mistakes in the line itself come back as errors of the kind "driver".
func (callers *callers) make(wanted call) answer {
	info, known := services[wanted.Service]
	if !known {
		return misused(wanted, fmt.Errorf("no service %q", wanted.Service))
	}
	method, known := info.Methods[wanted.Method]
	if !known {
		return misused(wanted, fmt.Errorf("no method %q in %s", wanted.Method, wanted.Service))
	}
	if wanted.Stream != nil {
		caller, err := callers.of(info, wanted.settings)
		if err != nil {
			return misused(wanted, err)
		}
		return callers.stream(wanted, caller)
	}
	args, err := wanted.arguments(method)
	if err != nil {
		return misused(wanted, err)
	}
	caller, err := callers.of(info, wanted.settings)
	if err != nil {
		return misused(wanted, err)
	}
	var result any
	if !method.OneWay() {
		result = method.NewResult()
	}
	ctx := wanted.context()
	err = caller.Call(ctx, wanted.Method, args, result)
	return ended(ctx, wanted, result, err)
}

func (wanted call) arguments(method serviceinfo.MethodInfo) (any, error) {
	if wanted.Body != nil {
		raw, err := hex.DecodeString(*wanted.Body)
		return body(raw), err
	}
	args := method.NewArgs()
	if message, is := args.(protobuf.ProtobufMsgCodec); is {
		raw, err := hex.DecodeString(wanted.Protobuf)
		if err != nil {
			return nil, err
		}
		return args, message.Unmarshal(raw)
	}
	return args, wanted.fill(args.(thrift.FastCodec))
}

func (wanted call) fill(args thrift.FastCodec) error {
	if wanted.ArgsThrift == "" {
		if len(wanted.Args) == 0 {
			return nil
		}
		return json.Unmarshal(wanted.Args, args)
	}
	raw, err := hex.DecodeString(wanted.ArgsThrift)
	if err != nil {
		return err
	}
	return thrift.FastUnmarshal(raw, args)
}

// body is a request that Kitex sends as it is.
type body []byte

func (raw body) Marshal(out []byte) ([]byte, error) { return append(out, raw...), nil }

func (raw body) Unmarshal([]byte) error { return errors.New("a body is only sent") }

func (wanted call) context() context.Context {
	ctx := metainfo.WithBackwardValues(context.Background())
	for key, value := range wanted.Persistent {
		ctx = metainfo.WithPersistentValue(ctx, key, value)
	}
	for key, value := range wanted.Transient {
		ctx = metainfo.WithValue(ctx, key, value)
	}
	return ctx
}
