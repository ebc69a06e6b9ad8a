package main

import (
	"context"
	"fmt"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// contract holds the message types of jaco.v1, read from the project's own .proto files when the program starts, so
// that the tests prove those files and no generated copy of them.
type contract struct {
	types map[protoreflect.FullName]protoreflect.MessageDescriptor
}

func loadContract(protoDir string) (*contract, error) {
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{protoDir}}),
	}
	files, err := compiler.Compile(context.Background(),
		"jaco/v1/cluster.proto", "jaco/v1/audit.proto", "jaco/v1/error.proto", "jaco/v1/state.proto", "jaco/v1/commands.proto")
	if err != nil {
		return nil, fmt.Errorf("reading the contract in %s: %w", protoDir, err)
	}
	types := map[protoreflect.FullName]protoreflect.MessageDescriptor{}
	for _, file := range files {
		for i := 0; i < file.Messages().Len(); i++ {
			types[file.Messages().Get(i).FullName()] = file.Messages().Get(i)
		}
	}
	return &contract{types: types}, nil
}

// make returns an empty message of jaco.v1, for example "Deployment".
func (c *contract) make(name string) record {
	descriptor, ok := c.types[protoreflect.FullName("jaco.v1."+name)]
	if !ok {
		panic("jaco.v1 has no message " + name)
	}
	return record{dynamicpb.NewMessage(descriptor)}
}

// parse reads a message of jaco.v1.
func (c *contract) parse(name string, data []byte) (record, error) {
	message := c.make(name)
	return message, proto.Unmarshal(data, message.Message.Interface())
}

// stateField is the number that a field of the state has.
func (c *contract) stateField(name string) protowire.Number {
	return c.make("FSMSnapshot").field(name).Number()
}

// fragment is a piece of the state with one element of the field called name.
func (c *contract) fragment(name string, element record) record {
	piece := c.make("FSMSnapshot")
	field := piece.field(name)
	if field.IsList() {
		piece.Mutable(field).List().Append(protoreflect.ValueOfMessage(element.Message))
	} else {
		piece.Set(field, protoreflect.ValueOfMessage(element.Message))
	}
	return piece
}
