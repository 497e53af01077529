package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/remote/codec/protobuf"
)

// answer is one line of output. Without an error it holds the result struct (success, or the declared exception that
// was set) twice: as JSON, left out when JSON has no words for it (a double that is no number, say), and as Kitex
// encodes it again. A oneway call has neither.
type answer struct {
	ID           int               `json:"id"`
	Result       json.RawMessage   `json:"result,omitempty"`
	ResultThrift *string           `json:"result_thrift,omitempty"`
	Response     *string           `json:"response,omitempty"` // of a Protobuf method: the message, encoded again
	Backward     map[string]string `json:"backward,omitempty"`
	Error        *failure          `json:"error,omitempty"`
	Streamed     *streamed         `json:"streamed,omitempty"`
}

// failure says how a call failed: kind is "business", "timeout", "exception" (the peer sent one: type and message are
// its own), "stream" (one of Kitex's numbers for streams), "network" (anything else), or "driver" (the call could not
// be made as the line asks).
type failure struct {
	Kind    string            `json:"kind"`
	Text    string            `json:"text"`
	Type    int32             `json:"type"`
	Message string            `json:"message"`
	Extra   map[string]string `json:"extra,omitempty"`
}

func misused(wanted call, err error) answer {
	return answer{ID: wanted.ID, Error: &failure{Kind: "driver", Text: err.Error()}}
}

func ended(ctx context.Context, wanted call, result any, err error) answer {
	made := answer{ID: wanted.ID, Backward: metainfo.RecvAllBackwardValues(ctx)}
	if err != nil {
		made.Error = explain(err)
		return made
	}
	if result == nil {
		return made
	}
	if message, is := result.(protobuf.ProtobufMsgCodec); is {
		raw, err := message.Marshal(nil)
		if err != nil {
			return misused(wanted, err)
		}
		encoded := hex.EncodeToString(raw)
		made.Response = &encoded
		return made
	}
	encoded := hex.EncodeToString(thrift.FastMarshal(result.(thrift.FastCodec)))
	made.ResultThrift = &encoded
	if text, err := json.Marshal(result); err == nil {
		made.Result = text
	}
	return made
}

func explain(err error) *failure {
	told := &failure{Kind: "network", Text: err.Error()}
	var sent *remote.TransError
	if business, is := kerrors.FromBizStatusError(err); is {
		told.Kind, told.Type, told.Message = "business", business.BizStatusCode(), business.BizMessage()
		told.Extra = business.BizExtra()
	} else if kerrors.IsTimeoutError(err) {
		told.Kind = "timeout"
	} else if errors.As(err, &sent) {
		told.Kind, told.Type, told.Message = "exception", sent.TypeID(), sent.Error()
	} else if numbered, is := err.(interface{ TypeId() int32 }); is {
		told.Kind, told.Type = "stream", numbered.TypeId()
	}
	return told
}
