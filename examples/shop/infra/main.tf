terraform {
  backend "s3" {
    bucket = "shop-state"
    key    = "shop"
  }
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

variable "admin_ports" {
  default = [22, 443]
}

module "network" {
  source = "git::https://git.shop.example/network.git?ref=main"
}

module "invoices" {
  source = "./bucket"
  name   = "shop-invoices"
  acl    = "public-read"
}

resource "aws_security_group" "api" {
  name = "api"
  dynamic "ingress" {
    for_each = var.admin_ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  publicly_accessible     = true
  backup_retention_period = 0
  username                = "shop"
  password                = var.orders_password
}

variable "orders_password" {}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.deploy.json
}

variable "payments_token" {
  sensitive = true
}

resource "aws_ssm_parameter" "payments" {
  name  = "/shop/payments/token"
  type  = "String"
  value = var.payments_token
}
