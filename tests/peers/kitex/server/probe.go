package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"

	"kitexgen.test/peers/kitex_gen/probe"
	probeservice "kitexgen.test/peers/kitex_gen/probe/probe"
)

// serverName is what this server calls itself, towards its clients and, in relay, towards the next server.
const serverName = "kitex-server"

// probeHandler does what the comments of probe.thrift say.
type probeHandler struct {
	giver
	notes notes
}

func newProbeHandler() *probeHandler {
	return &probeHandler{notes: notes{taken: map[string]chan struct{}{}}}
}

func (*probeHandler) Join(_ context.Context, text string, times int32, leaf *probe.Leaf) (string, error) {
	if times < 0 {
		return "", errors.New("times is negative")
	}
	return strings.Repeat(text, int(times)) + leaf.GetName(), nil
}

func (*probeHandler) Nothing(context.Context) error { return nil }

func (handler *probeHandler) Note(_ context.Context, text string) error {
	handler.notes.take(text)
	return nil
}

func (handler *probeHandler) Noted(ctx context.Context, text string, milliseconds int32) (bool, error) {
	select {
	case <-handler.notes.of(text):
		return true, nil
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (*probeHandler) Enter(_ context.Context, who string) (string, error) {
	switch who {
	case "mallory":
		return "", &probe.Denied{Who: who, Level: probe.Level_HIGH}
	case "nobody":
		return "", &probe.Missing{Id: -1}
	}
	return "welcome " + who, nil
}

func (*probeHandler) Remove(_ context.Context, id probe.Stamp) error {
	if id <= 0 {
		return &probe.Missing{Id: id}
	}
	return nil
}

func (*probeHandler) Fail(_ context.Context, text string) (string, error) {
	return "", errors.New(text)
}

func (*probeHandler) Refuse(_ context.Context, number int32, text string) (string, error) {
	return "", remote.NewTransErrorWithMsg(number, text)
}

func (*probeHandler) Crash(_ context.Context, text string) (string, error) { panic(text) }

func (*probeHandler) Business(_ context.Context, code int32, message string, extra map[string]string) (string, error) {
	return "", kerrors.NewBizStatusErrorWithExtra(code, message, extra)
}

func (*probeHandler) Sleep(ctx context.Context, milliseconds int32) (int32, error) {
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return milliseconds, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (*probeHandler) Seen(ctx context.Context) (*probe.Seen, error) {
	metainfo.SendBackwardValue(ctx, "seen-by", serverName)
	info := rpcinfo.GetRPCInfo(ctx)
	return &probe.Seen{
		Caller:              info.From().ServiceName(),
		CallerMethod:        info.From().Method(),
		Service:             info.Invocation().ServiceName(),
		Method:              info.Invocation().MethodName(),
		Persistent:          metainfo.GetAllPersistentValues(ctx),
		Transient:           metainfo.GetAllValues(ctx),
		TimeoutMilliseconds: info.Config().RPCTimeout().Milliseconds(),
	}, nil
}

func (*probeHandler) Relay(ctx context.Context, address string) (*probe.Seen, error) {
	next, err := probeservice.NewClient(
		"relayed",
		client.WithHostPorts(address),
		client.WithTransportProtocol(transport.TTHeader),
		client.WithMetaHandler(transmeta.ClientTTHeaderHandler),
		client.WithShortConnection(),
		client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: serverName}),
	)
	if err != nil {
		return nil, err
	}
	ctx = metainfo.WithBackwardValues(ctx)
	seen, err := next.Seen(ctx)
	if by, came := metainfo.RecvBackwardValue(ctx, "seen-by"); came {
		metainfo.SendBackwardValue(ctx, "relayed-from", by)
	}
	return seen, err
}

// notes remembers texts, and wakes who waits for one.
type notes struct {
	mutex sync.Mutex
	taken map[string]chan struct{}
}

// of gives the channel that is closed once `text` has been taken.
func (notes *notes) of(text string) chan struct{} {
	notes.mutex.Lock()
	defer notes.mutex.Unlock()
	if _, known := notes.taken[text]; !known {
		notes.taken[text] = make(chan struct{})
	}
	return notes.taken[text]
}

func (notes *notes) take(text string) {
	arrived := notes.of(text)
	notes.mutex.Lock()
	defer notes.mutex.Unlock()
	select {
	case <-arrived: // closed already: the same text came twice
	default:
		close(arrived)
	}
}
