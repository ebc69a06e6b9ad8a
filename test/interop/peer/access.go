package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
)

// refuse makes the error that a caller gets: a gRPC status that carries a jaco.v1.Error among its details.
func (c *contract) refuse(code codes.Code, jacoCode, message string) error {
	detail := c.make("Error").with("code", jacoCode).with("message", message)
	return status.FromProto(&spb.Status{
		Code:    int32(code),
		Message: message,
		Details: []*anypb.Any{{TypeUrl: "type.googleapis.com/jaco.v1.Error", Value: detail.encode()}},
	}).Err()
}

// requireToken checks the operator token of calls over TCP; Status is open to everyone.
func (n *node) requireToken(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := n.checkToken(stream.Context()); err != nil {
		return err
	}
	return next(service, stream)
}

func (n *node) checkToken(call context.Context) error {
	values := metadata.ValueFromIncomingContext(call, "authorization")
	if len(values) != 1 || !strings.HasPrefix(values[0], "Bearer ") {
		return n.contract.refuse(codes.Unauthenticated, "token_invalid", "no operator token given")
	}
	secret := sha256.Sum256([]byte(strings.TrimPrefix(values[0], "Bearer ")))
	for _, token := range n.state.look().tokens {
		if subtle.ConstantTimeCompare(token.bytes("hashed_secret"), secret[:]) != 1 {
			continue
		}
		if token.has("revoked_at") {
			return n.contract.refuse(codes.Unauthenticated, "token_revoked", "the operator token was revoked")
		}
		return nil
	}
	return n.contract.refuse(codes.Unauthenticated, "token_invalid", "the operator token is not known")
}
