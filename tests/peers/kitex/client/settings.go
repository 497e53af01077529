package main

import (
	"context"
	"fmt"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/endpoint"
	"github.com/cloudwego/kitex/pkg/remote/codec"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/serviceinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"
)

// settings are the parts of a call that choose the client to make it with.
type settings struct {
	Address   string `json:"address"`
	Transport string `json:"transport"` // framed, buffered, ttheader, ttheaderframed or streaming
	Mux       bool   `json:"mux"`       // one shared connection instead of a pool
	Short     bool   `json:"short"`     // a new connection a call
	Plain     bool   `json:"plain"`     // no TTHeader meta handler, as a Kitex client has it by default
	CRC32C    bool   `json:"crc32c"`
	Timeout   int    `json:"timeout_milliseconds"` // 0: none
	Receive   int    `json:"receive_milliseconds"` // for each message of a stream; 0: none
}

// transports: a client starts out with Framed, and each further protocol is added to what is set, save PurePayload,
// which clears: so bare TTHeader has to pass through it.
var transports = map[string][]transport.Protocol{
	"framed":         {transport.Framed},
	"buffered":       {transport.PurePayload},
	"ttheader":       {transport.PurePayload, transport.TTHeader},
	"ttheaderframed": {transport.TTHeader},
	"streaming":      {transport.TTHeaderStreaming},
}

func (chosen settings) options(info *serviceinfo.ServiceInfo) ([]client.Option, error) {
	protocols, known := transports[chosen.Transport]
	if !known {
		return nil, fmt.Errorf("no transport %q", chosen.Transport)
	}
	chain := []client.Option{
		client.WithDestService("kitex-peer"),
		client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: "kitex-client"}),
		client.WithHostPorts(chosen.Address),
		// Kitex's 50 ms can pass on a busy machine before anybody accepts.
		client.WithConnectTimeout(5 * time.Second),
	}
	for _, protocol := range protocols {
		chain = append(chain, client.WithTransportProtocol(protocol))
	}
	if !chosen.Plain {
		chain = append(chain, client.WithMetaHandler(transmeta.ClientTTHeaderHandler))
	}
	if info.PayloadCodec == serviceinfo.Protobuf && chosen.Transport == "framed" {
		chain = append(chain, client.WithMiddleware(onlyFramed))
	}
	if chosen.Mux {
		chain = append(chain, client.WithMuxConnection(1))
	}
	if chosen.Short {
		chain = append(chain, client.WithShortConnection())
	}
	if chosen.CRC32C {
		chain = append(chain, client.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{CRC32Check: true})))
	}
	if chosen.Timeout > 0 {
		chain = append(chain, client.WithRPCTimeout(time.Duration(chosen.Timeout)*time.Millisecond))
	}
	if chosen.Receive > 0 {
		limit := client.WithStreamRecvTimeout(time.Duration(chosen.Receive) * time.Millisecond)
		chain = append(chain, client.WithStreamOptions(limit))
	}
	return chain, nil
}

// onlyFramed takes the TTHeader away again that a Kitex client adds to whatever is chosen for a service of Protobuf.
func onlyFramed(next endpoint.Endpoint) endpoint.Endpoint {
	return func(ctx context.Context, req, resp any) error {
		config := rpcinfo.AsMutableRPCConfig(rpcinfo.GetRPCInfo(ctx).Config())
		if err := config.SetTransportProtocol(transport.PurePayload); err != nil {
			return err
		}
		if err := config.SetTransportProtocol(transport.Framed); err != nil {
			return err
		}
		return next(ctx, req, resp)
	}
}
