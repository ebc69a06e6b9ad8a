package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// streaming is a call that answers with a stream of messages.
type streaming func(request record, stream grpc.ServerStream) error

// serveCalls opens the socket and the TLS port that the settings ask for.
func (n *node) serveCalls() error {
	if n.settings.socket != "" {
		listener, err := listenOnSocket(n.settings.socket)
		if err != nil {
			return err
		}
		go n.register(grpc.NewServer()).Serve(listener)
	}
	if n.settings.certificate == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(n.settings.certificate, n.settings.key)
	if err != nil {
		return err
	}
	listener, err := listen(n.settings.grpcAddress)
	if err != nil {
		return err
	}
	n.grpcAddress = listener.Addr().String()
	secured := grpc.Creds(credentials.NewServerTLSFromCert(&certificate))
	go n.register(grpc.NewServer(secured, grpc.StreamInterceptor(n.requireToken))).Serve(listener)
	return nil
}

// listenOnSocket takes the place of the socket file that a killed node left.
func listenOnSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	return listener, os.Chmod(path, 0o660)
}

// register offers the contract on a server. The services are described here by hand, from the names in the .proto
// files, because there is no generated code.
func (n *node) register(server *grpc.Server) *grpc.Server {
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "jaco.v1.Cluster",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{
			MethodName: "Status",
			Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
				if err := decode(n.contract.make("ClusterStatusRequest").Interface()); err != nil {
					return nil, err
				}
				return n.status().Interface(), nil
			},
		}},
		Streams: []grpc.StreamDesc{n.stream("Backup", "BackupRequest", n.backup)},
	}, n)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "jaco.v1.Audit",
		HandlerType: (*any)(nil),
		Streams:     []grpc.StreamDesc{n.stream("Query", "AuditQueryRequest", n.queryAudit)},
	}, n)
	return server
}

func (n *node) stream(method, request string, call streaming) grpc.StreamDesc {
	return grpc.StreamDesc{
		StreamName:    method,
		ServerStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error {
			message := n.contract.make(request)
			if err := stream.RecvMsg(message.Interface()); err != nil {
				return err
			}
			return call(message, stream)
		},
	}
}
