// Stand-in for the Pulumi Docker plugin v5.2.0: networks, volumes, local images and containers over the Docker Engine
// API.
import { serve } from "../shared/serve.mjs";
import { container } from "./container.mjs";
import { connect, settingFaults } from "./engine.mjs";
import { image } from "./image.mjs";
import { network } from "./network.mjs";
import { volume } from "./volume.mjs";

serve({
    name: "docker",
    title: "Docker",
    version: "5.2.0",
    resources: [network, volume, image, container],
    settingFaults,
    configure: async (settings) => ({ docker: await connect(settings) }),
});
