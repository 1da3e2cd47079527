# An image with assay and nothing else. It was never built where assay is written: no
# Docker is there. Build it in the folder of an unpacked archive for Linux:
#
#	docker build -t assay -f Dockerfile assay_0.1.0_linux_amd64
#	docker run --rm -v "$PWD:/work" assay check traffic.har
#
# The image has no certificates. For --live, assay watch and proxies to https, lend it those
# of the host: -v /etc/ssl/certs:/etc/ssl/certs:ro
FROM scratch
COPY assay /assay
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/assay"]
