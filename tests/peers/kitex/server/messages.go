package main

import (
	"context"
	"errors"
	"time"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"

	"kitexgen.test/peers/kitex_gen/messages"
	messagesservice "kitexgen.test/peers/kitex_gen/messages/messages"
)

// messagesHandler does what the comments of messages.proto say.
type messagesHandler struct{}

func (messagesHandler) GiveNothing(_ context.Context, value *messages.Nothing) (*messages.Nothing, error) {
	return value, nil
}

func (messagesHandler) GiveBlob(_ context.Context, value *messages.Blob) (*messages.Blob, error) {
	return value, nil
}

func (messagesHandler) GiveScalars(_ context.Context, value *messages.Scalars) (*messages.Scalars, error) {
	return value, nil
}

func (messagesHandler) GiveOptions(_ context.Context, value *messages.Options) (*messages.Options, error) {
	return value, nil
}

func (messagesHandler) GiveChoice(_ context.Context, value *messages.Choice) (*messages.Choice, error) {
	return value, nil
}

func (messagesHandler) GiveLists(_ context.Context, value *messages.Lists) (*messages.Lists, error) {
	return value, nil
}

func (messagesHandler) GiveMaps(_ context.Context, value *messages.Maps) (*messages.Maps, error) {
	return value, nil
}

func (messagesHandler) GiveNode(_ context.Context, value *messages.Node) (*messages.Node, error) {
	return value, nil
}

func (messagesHandler) Fail(_ context.Context, request *messages.Text) (*messages.Nothing, error) {
	return nil, errors.New(request.Text)
}

func (messagesHandler) Refuse(_ context.Context, request *messages.Refusal) (*messages.Nothing, error) {
	return nil, remote.NewTransErrorWithMsg(request.Type, request.Text)
}

func (messagesHandler) Crash(_ context.Context, request *messages.Text) (*messages.Nothing, error) {
	panic(request.Text)
}

func (messagesHandler) EndWith(_ context.Context, request *messages.Status) (*messages.Text, error) {
	return nil, kerrors.NewBizStatusErrorWithExtra(request.Code, request.Message, request.Extra)
}

func (messagesHandler) Rest(ctx context.Context, request *messages.Nap) (*messages.Nap, error) {
	select {
	case <-time.After(time.Duration(request.Milliseconds) * time.Millisecond):
		return request, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (messagesHandler) Look(ctx context.Context, _ *messages.Nothing) (*messages.Sight, error) {
	metainfo.SendBackwardValue(ctx, "seen-by", serverName)
	info := rpcinfo.GetRPCInfo(ctx)
	return &messages.Sight{
		Caller:              info.From().ServiceName(),
		CallerMethod:        info.From().Method(),
		Service:             info.Invocation().ServiceName(),
		Method:              info.Invocation().MethodName(),
		Persistent:          metainfo.GetAllPersistentValues(ctx),
		Transient:           metainfo.GetAllValues(ctx),
		TimeoutMilliseconds: info.Config().RPCTimeout().Milliseconds(),
	}, nil
}

func (messagesHandler) PassOn(ctx context.Context, request *messages.Text) (*messages.Sight, error) {
	next, err := messagesservice.NewClient(
		"relayed",
		client.WithHostPorts(request.Text),
		client.WithMetaHandler(transmeta.ClientTTHeaderHandler),
		client.WithShortConnection(),
		client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: serverName}),
	)
	if err != nil {
		return nil, err
	}
	ctx = metainfo.WithBackwardValues(ctx)
	seen, err := next.Look(ctx, &messages.Nothing{})
	if by, came := metainfo.RecvBackwardValue(ctx, "seen-by"); came {
		metainfo.SendBackwardValue(ctx, "relayed-from", by)
	}
	return seen, err
}
