// Command sdkgen writes the Node.js SDK of a Pulumi package with Pulumi's own generator, for our language host:
// it reads a GeneratePackageRequest from stdin and answers with a GeneratePackageResponse on stdout.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
)

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(in io.Reader, out io.Writer) error {
	encoded, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	request := &pulumirpc.GeneratePackageRequest{}
	if err := proto.Unmarshal(encoded, request); err != nil {
		return fmt.Errorf("stdin is not a GeneratePackageRequest: %w", err)
	}
	response, err := generate(request)
	if err != nil {
		return err
	}
	encoded, err = proto.Marshal(response)
	if err != nil {
		return err
	}
	_, err = out.Write(encoded)
	return err
}

func generate(request *pulumirpc.GeneratePackageRequest) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, fmt.Errorf("the package's schema is not valid JSON: %w", err)
	}
	options := schema.ValidationOptions{AllowDanglingReferences: true}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewCachedLoader(loader), options)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GeneratePackageResponse{Diagnostics: plugin.HclDiagnosticsToRPCDiagnostics(diagnostics)}
	if diagnostics.HasErrors() {
		return response, nil
	}
	files, err := nodejs.GeneratePackage(
		"zookeeper-ensemble", pkg, request.ExtraFiles, request.LocalDependencies, request.Local, loader)
	if err != nil {
		return nil, err
	}
	return response, write(request.Directory, files)
}

func write(directory string, files map[string][]byte) error {
	for name, content := range files {
		file := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
