terraform {
  backend "s3" {
    bucket       = "shop-state"
    key          = "shop"
    encrypt      = true
    use_lockfile = true
  }
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

variable "offices" {
  default = ["192.0.2.0/24"]
}

module "network" {
  source = "git::https://git.shop.example/network.git?ref=v1.4.2"
}

module "invoices" {
  source = "./bucket"
  name   = "shop-invoices"
}

resource "aws_security_group" "api" {
  name = "api"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = var.offices
  }
}

resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  storage_encrypted           = true
  deletion_protection         = true
  backup_retention_period     = 14
  username                    = "shop"
  manage_master_user_password = true
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${module.invoices.arn}/*"]
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
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:shop/shop:environment:production"
        }
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
  type  = "SecureString"
  value = var.payments_token
}
