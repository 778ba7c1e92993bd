<?php
/**
 * Writes the cart's token and the shopper's word on the order, and ends the cart.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Through WooCommerce's own order object, so that it works with either order storage.
 */
class Order_Stamp {

	const TOKEN = '_reprise_cart_token';
	const OPTIN = '_reprise_optin';

	/**
	 * Listen; the block checkout does not fire the classic one's hooks, nor the other way round.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'woocommerce_checkout_create_order', array( __CLASS__, 'stamp_classic' ) );
		add_action( 'woocommerce_store_api_checkout_update_order_meta', array( __CLASS__, 'stamp_blocks' ) );
		add_action( 'woocommerce_checkout_order_processed', array( __CLASS__, 'placed_classic' ), 10, 3 );
		add_action( 'woocommerce_store_api_checkout_order_processed', array( __CLASS__, 'placed' ) );
		add_action( 'woocommerce_order_status_changed', array( __CLASS__, 'moved' ), 10, 4 );
	}

	/**
	 * The classic checkout makes an order, and saves it after this.
	 *
	 * @param \WC_Order $order The order.
	 * @return void
	 */
	public static function stamp_classic( $order ) {
		// phpcs:ignore WordPress.Security.NonceVerification -- WooCommerce checked its checkout's nonce before it made the order.
		$is_ticked = Optin::is_shown() && ! empty( $_POST['reprise_optin'] );
		Email_Capture::hear( $is_ticked );
		if ( $is_ticked ) {
			$order->update_meta_data( self::OPTIN, 'yes' );
		}
		self::stamp( $order );
	}

	/**
	 * The block checkout makes an order; its own field has been kept by WooCommerce.
	 *
	 * @param \WC_Order $order The order.
	 * @return void
	 */
	public static function stamp_blocks( $order ) {
		Email_Capture::hear( '1' === (string) $order->get_meta( '_wc_other/' . Optin::FIELD ) );
		self::stamp( $order );
		$order->save();
	}

	/**
	 * Say which cart became this order.
	 *
	 * @param \WC_Order $order The order.
	 * @return void
	 */
	private static function stamp( $order ) {
		if ( WC()->session && WC()->cart && ! WC()->cart->is_empty() ) {
			$order->update_meta_data( self::TOKEN, Cart_Watch::token() );
		}
	}

	/**
	 * The classic checkout's order is placed.
	 *
	 * @param int       $order_id Its id.
	 * @param array     $posted   The form.
	 * @param \WC_Order $order    The order.
	 * @return void
	 */
	public static function placed_classic( $order_id, $posted, $order ) {
		self::placed( $order );
	}

	/**
	 * Remember that this cart was ordered, and pass on what was said.
	 *
	 * @param \WC_Order $order The order.
	 * @return void
	 */
	public static function placed( $order ) {
		$token = $order->get_meta( self::TOKEN );
		if ( WC()->session && $token ) {
			WC()->session->set( 'reprise_ordered', $token );
		}
		Optin::untick();
		$is_ticked = 'yes' === $order->get_meta( self::OPTIN ) || '1' === (string) $order->get_meta( '_wc_other/' . Optin::FIELD );
		if ( ! $is_ticked || ! is_email( $order->get_billing_email() ) ) {
			return;
		}
		Optin::tell( strtolower( $order->get_billing_email() ), true, 'checkout' );
		if ( $order->get_customer_id() ) {
			Account_Optin::write( $order->get_customer_id(), true );
		}
		Visitors::meet( strtolower( $order->get_billing_email() ), $order->get_customer_id() );
	}

	/**
	 * A cart that was paid for is nobody's to restore.
	 *
	 * @param int       $order_id Its id.
	 * @param string    $from     The status before.
	 * @param string    $to       The status now.
	 * @param \WC_Order $order    The order.
	 * @return void
	 */
	public static function moved( $order_id, $from, $to, $order ) {
		$token = (string) $order->get_meta( self::TOKEN );
		if ( '' !== $token && in_array( $to, array( 'processing', 'completed', 'on-hold' ), true ) ) {
			Carts::done( $token );
		}
	}
}
