# The dashboard and the deployment block in one image.
#   docker run --rm -p 8501:8501 IMAGE      the dashboard; prints the link that lets people in
#   docker build --build-arg LOCK=requirements-gpu.lock .      for a GPU of NVIDIA (docs/hosting.md)
#   docker run --rm -it -v "$PWD:/out" IMAGE --api-key ei_123      leaves ./gradcam-output
FROM python:3.12-slim AS build
WORKDIR /build
ARG LOCK=requirements.lock
COPY ${LOCK} ./requirements.lock
# Locked to hashes: what runs is what was tested.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Grad-CAM dashboard" \
      org.opencontainers.image.description="Why did the network say that?"
# Two arenas and early trimming: glibc's defaults keep freed pictures for ever.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TF_CPP_MIN_LOG_LEVEL=3 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    HOME=/tmp \
    GRADCAM_CACHE=/cache \
    GRADCAM_NOTES=/notes
# Any user may run it, for example the one that owns a mounted folder; root is not needed.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin gradcam \
 && install --directory --mode=1777 /cache /notes /out
COPY --from=build /opt/venv /opt/venv
COPY . /opt/gradcam
# Nobody may write there later, so each start would compile it again.
RUN python -m compileall -q /opt/gradcam
# Studio mounts its folders at /home and /data; nothing of ours lies there.
WORKDIR /out
USER 10001
VOLUME ["/cache", "/notes"]
EXPOSE 8501
# Right by its content: Streamlit answers 200 to any path. Where it is not ready, urlopen raises.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
  CMD ["python", "-c", "import json, urllib.request as r; assert json.load(r.urlopen('http://127.0.0.1:8501/ready', timeout=9))['ready'] is True"]
ENTRYPOINT ["/opt/gradcam/entrypoint.sh"]
