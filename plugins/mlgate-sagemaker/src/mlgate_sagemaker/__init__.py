"""SageMaker's model registry for mlgate: `sagemaker:credit-risk/7`."""
